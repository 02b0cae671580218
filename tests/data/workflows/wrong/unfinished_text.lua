local a = "x
return workflow "shop" {}
